import type { Rule } from '../src/core/rule.ts';

// scheme://user:password@host. What is invented is dropped, and how far the host is from the world decides the severity:
// this machine low, a private network medium, the rest high.

/** Neither white space nor quotes nor angle brackets. */
const urlCharacters = '!#-&(-;=?-_a-~';

export const connectionUrl: readonly Rule[] = [
  {
    id: 'connection-url-password',
    provider: 'connection-url',
    title: 'Password in a connection URL',
    why: 'User, password and address stand together: nothing is missing to connect.',
    advice: [
      'Change the password of that user.',
      'Read the URL from the environment or a secret store.',
    ],
    references: ['https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1'],
    grades: { secret: 'high' },
    guessable: true,
    parts: [
      {
        role: 'secret',
        shapes: [
          {
            type: 'pattern',
            anchor: '://',
            // an unencoded @ may stand in the password: the last one before the host counts
            regex:
              '://[^\\s:/@"\'<>`?#,;|\\\\]{0,128}:(?<value>[^\\s/"\'<>`?#,\\\\]{1,200})@(?=[A-Za-z0-9\\[%_])(?![^\\s/"\'<>`?#,]*@)',
            window: 400,
            needs: '@',
            within: urlCharacters,
          },
        ],
        checks: ['connection-password'],
      },
      {
        role: 'secret',
        shapes: [
          {
            type: 'pattern',
            anchor: 'jdbc:',
            regex:
              'jdbc:[a-z0-9]{2,20}:[^\\s"\'<>]{3,200}?[?&;]password=(?<value>[^\\s"\'<>&;\\\\]{1,128})',
            window: 400,
            within: urlCharacters,
            as: { title: 'Password in a JDBC URL' },
          },
          {
            type: 'pattern',
            anchor: 'password',
            anyCase: true,
            lookBack: 2,
            regex: '; ?(?:[Pp]assword|PASSWORD) ?= ?(?<value>[^;\\s"\'<>&\\\\]{1,128})',
            window: 160,
            as: { title: 'Password in a connection string' },
          },
          {
            type: 'pattern',
            anchor: 'pwd=',
            anyCase: true,
            lookBack: 2,
            regex: '; ?(?:[Pp]wd|PWD)=(?<value>[^;\\s"\'<>&\\\\]{1,128})',
            window: 160,
            as: { title: 'Password in a connection string' },
          },
        ],
        checks: ['connection-setting'],
      },
      {
        role: 'secret',
        shapes: [
          {
            type: 'pattern',
            anchor: 'jdbc:oracle:',
            regex:
              'jdbc:oracle:[a-z]{2,6}:[^\\s:/@"\']{1,64}/(?<value>[^\\s"\'<>/()\\\\]{1,128})@(?=[\\w(/])(?![^\\s"\'<>/()]*@)',
            needs: '@',
            window: 300,
            within: urlCharacters,
            as: { title: 'Password in an Oracle JDBC URL' },
          },
        ],
        checks: ['oracle-password'],
      },
      {
        role: 'token',
        shapes: [
          {
            type: 'pattern',
            anchor: '://',
            regex: '://(?<value>[A-Za-z0-9_-]{20,255}):(?:x-oauth-basic|x-oauth-token)?@',
            needs: '@',
            window: 320,
            within: urlCharacters,
            as: { title: 'Token in a URL' },
          },
        ],
        checks: ['connection-token'],
      },
    ],
    examples: [
      {
        text: 'DATABASE_URL=postgres://oven:⟦{{A-Za-z0-9*16}}⟧@db.moonbakery.dev:5432/orders',
        form: 'PostgreSQL',
      },
      {
        text: 'url: "mysql://root:⟦{{A-Za-z0-9*16}}⟧@10.3.0.7/shop"',
        form: 'MySQL on a private network (medium)',
      },
      {
        text: 'mongodb+srv://oven:⟦{{A-Za-z0-9*12}}%40{{A-Za-z0-9*4}}⟧@cluster0.moonbakery.mongodb.net/?retryWrites=true',
        form: 'MongoDB, password percent-encoded',
      },
      {
        text: 'REDIS_URL=redis://:⟦{{A-Za-z0-9*24}}⟧@cache.moonbakery.dev:6379/0',
        form: 'Redis, no user',
      },
      { text: 'amqps://oven:⟦{{A-Za-z0-9*16}}⟧@mq.moonbakery.dev/vhost', form: 'AMQP' },
      {
        text: 'git clone https://dana:⟦{{A-Za-z0-9*16}}⟧@git.moonbakery.dev/oven.git',
        form: 'HTTPS',
      },
      {
        text: 'ftp://dana:⟦{{A-Za-z0-9*6}}@{{A-Za-z0-9*6#2}}⟧@files.moonbakery.dev/',
        form: 'an @ in the password',
      },
      {
        text: 'postgres://oven:⟦{{A-Za-z0-9*16}}⟧@localhost:5432/orders',
        form: 'this machine (low)',
      },
      {
        text: 'https://oven:⟦{{A-Za-z0-9*16}}⟧@git.example.com/',
        form: 'a host of examples (low)',
      },
      {
        text: 'git+https://⟦{{0-9a-f*40}}⟧:x-oauth-basic@git.moonbakery.dev/oven.git',
        form: 'token as user',
      },
      {
        text: 'spring.datasource.url=jdbc:mysql://db.moonbakery.dev:3306/shop?user=oven&password=⟦{{A-Za-z0-9*16}}⟧&useSSL=true',
        form: 'JDBC',
      },
      {
        text: 'url="jdbc:oracle:thin:oven/⟦{{A-Za-z0-9*8}}@{{A-Za-z0-9*8}}⟧@ora.moonbakery.dev:1521:ORCL"',
        form: 'JDBC, Oracle',
      },
      {
        text: '"Default": "Server=tcp:moonbakery.database.windows.net,1433;Initial Catalog=shop;User ID=oven;Password=⟦{{A-Za-z0-9*16}}!⟧;Encrypt=True"',
        form: '.NET',
      },
      {
        text: 'DRIVER={ODBC Driver 18};SERVER=10.3.0.7;DATABASE=shop;UID=oven;PWD=⟦{{A-Za-z0-9*16}}⟧',
        form: 'ODBC on a private network (medium)',
      },
    ],
    negatives: [
      {
        text: 'awsathena+rest://aws_access_key_id:aws_secret_access_key@athena.us-east-1.amazonaws.com:443/x\n',
      },
      { text: 'proxy-url: "http://proxyuser:proxypass@proxy.moonbakery.dev:3128"' },
      { text: 'postgres://YOUR_USERNAME:YOUR_PASSWORD@your-host.com:5432/your_database' },
      { text: 'jdbc:mysql://db.moonbakery.dev/shop?user=oven&password=${DB_PASSWORD}' },
      { text: 'Server=host;Port=5432;User Id=username;Password=secret;Database=databasename;' },
      { text: 'Data Source=db.moonbakery.dev;User ID=oven;Password={0};' },
      { text: 'cvs://:pserver:anoncvs@sources.moonbakery.dev:/cvs/src' },
      { text: 'jdbc:oracle:thin:scott/tiger@//ora.moonbakery.dev:1521/orders' },
      { text: 'postgres://user:password@db.moonbakery.dev/orders' },
      { text: 'postgres://postgres:postgres@localhost:5432/test' },
      { text: 'postgres://oven:${DB_PASSWORD}@db.moonbakery.dev/orders' },
      { text: 'postgres://oven:$DB_PASSWORD@db.moonbakery.dev/orders' },
      { text: 'postgres://oven:{{raw({{password}})}}@db.moonbakery.dev' },
      { text: 'mongodb+srv://<username>:<password>@cluster.mongodb.net/app' },
      { text: 'mysql://oven:****@db.moonbakery.dev' },
      { text: 'ftp://anonymous:{{a-z*12}}@ftp.moonbakery.dev/pub', form: 'nobody in particular' },
      { text: 'https://registry.npmjs.org:443/@types/node' },
      { text: 'http://localhost:8080/path@version' },
      { text: 'git@github.com:moonbakery/oven.git' },
    ],
  },
];
