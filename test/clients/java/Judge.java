// Reads {"resolve": [{config, credentials, profile}, …], "read": [[kind, base64 of a file], …]} from stdin and prints what the
// Java SDK makes of it: which credentials it takes for each profile, as [winner, base, key id], and the profiles it reads
// in each file, null for one that it refuses. HOME is an empty folder; a server on loopback stands in for STS and the portal, so that whole chains
// are run.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

public final class Judge {
  private static final Pattern SIGNER = Pattern.compile("Credential=([^/]+)/");
  /** Who signed the first request for a role, and whether with a token. */
  private static String signer;

  private static boolean signedWithToken;

  public static void main(String[] args) throws Exception {
    JsonNode asked = JsonNode.parser().parse(System.in);
    Path home = Path.of(System.getenv("HOME"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", Judge::answer);
    server.start();
    String here = "http://127.0.0.1:" + server.getAddress().getPort();
    System.setProperty("aws.endpointUrlSts", here);
    System.setProperty("aws.endpointUrlSso", here);
    System.setProperty("aws.region", "us-east-1");
    Path config = home.resolve("config");
    Path credentials = home.resolve("credentials");
    System.setProperty("aws.configFile", config.toString());
    System.setProperty("aws.sharedCredentialsFile", credentials.toString());
    signIn(home.resolve(".aws/sso/cache"), "s", "https://x.awsapps.com/start");

    List<String> resolved = new ArrayList<>();
    for (JsonNode one : asked.field("resolve").get().asArray()) {
      Files.writeString(config, one.field("config").get().text());
      Files.writeString(credentials, one.field("credentials").get().text());
      resolved.add(resolve(one.field("profile").get().text()));
    }
    List<String> read = new ArrayList<>();
    for (JsonNode one : asked.field("read").get().asArray()) {
      read.add(read(one.asArray().get(0).text(), Base64.getDecoder().decode(one.asArray().get(1).text())));
    }
    server.stop(0);
    System.out.println("{\"resolve\":[" + String.join(",", resolved) + "],\"read\":[" + String.join(",", read) + "]}");
    System.exit(0);
  }

  private static String resolve(String profile) {
    signer = null;
    signedWithToken = false;
    try (ProfileCredentialsProvider provider =
        ProfileCredentialsProvider.builder()
            .profileFile(ProfileFile.defaultProfileFile())
            .profileName(profile)
            .build()) {
      AwsCredentials found = provider.resolveCredentials();
      String id = found.accessKeyId();
      if (id.equals("ROLE")) {
        return answer("assume-role", kind(signer, signedWithToken), key(signer));
      }
      String kind = kind(id, found instanceof AwsSessionCredentials);
      return answer(kind, kind, key(id));
    } catch (RuntimeException error) {
      String why = String.valueOf(error.getMessage());
      // A login cannot be had offline; a role on top of it is not asked for any more.
      String kind =
          why.contains("Token cache file for login_session")
              ? "login"
              : why.contains("contained no credentials for profile") ? "nothing" : "refused";
      return kind.equals("login") ? "[null,\"login\",\"\"]" : answer(kind, kind, "");
    }
  }

  private static String kind(String id, boolean withToken) {
    return switch (id) {
      case "WEB" -> "web-identity";
      case "PROCESS" -> "process";
      case "OUTSIDE" -> "other";
      case "PORTAL" -> "sso";
      default -> withToken || id.startsWith("ASIA") ? "temporary" : "static";
    };
  }

  private static String key(String id) {
    return id.startsWith("KEY-OF-") ? id : "";
  }

  private static String answer(String winner, String base, String key) {
    return "[" + quoted(winner) + "," + quoted(base) + "," + quoted(key) + "]";
  }

  private static String read(String kind, byte[] text) {
    ProfileFile.Type type =
        kind.equals("config") ? ProfileFile.Type.CONFIGURATION : ProfileFile.Type.CREDENTIALS;
    Map<String, String> profiles = new TreeMap<>();
    try {
      ProfileFile.builder().content(new ByteArrayInputStream(text)).type(type).build().profiles()
          .forEach((name, profile) -> profiles.put(name, object(profile.properties())));
    } catch (RuntimeException refused) {
      return "null";
    }
    List<String> pairs = new ArrayList<>();
    profiles.forEach((name, settings) -> pairs.add(quoted(name) + ":" + settings));
    return "{" + String.join(",", pairs) + "}";
  }

  private static String object(Map<String, String> settings) {
    List<String> pairs = new ArrayList<>();
    new TreeMap<>(settings).forEach((name, value) -> pairs.add(quoted(name) + ":" + quoted(value)));
    return "{" + String.join(",", pairs) + "}";
  }

  private static String quoted(String text) {
    StringBuilder all = new StringBuilder("\"");
    for (char one : text.toCharArray()) {
      boolean plain = one >= ' ' && one < 0x7f && one != '"' && one != '\\';
      all.append(plain ? String.valueOf(one) : String.format("\\u%04x", (int) one));
    }
    return all.append('"').toString();
  }

  /** A sign-in that lasts, under the name of the session and under the start URL. */
  private static void signIn(Path cache, String... names) throws Exception {
    Files.createDirectories(cache);
    for (String name : names) {
      byte[] hash = java.security.MessageDigest.getInstance("SHA-1").digest(name.getBytes(StandardCharsets.UTF_8));
      String file = java.util.HexFormat.of().formatHex(hash) + ".json";
      Files.writeString(
          cache.resolve(file),
          "{\"startUrl\":\"https://x.awsapps.com/start\",\"region\":\"us-east-1\",\"accessToken\":\"t\","
              + "\"expiresAt\":\"2999-01-01T00:00:00Z\"}");
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String text;
    if (exchange.getRequestURI().getPath().startsWith("/federation/credentials")) {
      text =
          "{\"roleCredentials\":{\"accessKeyId\":\"PORTAL\",\"secretAccessKey\":\"x\",\"sessionToken\":\"t\","
              + "\"expiration\":32472144000000}}";
    } else {
      boolean web = URLDecoder.decode(body, StandardCharsets.UTF_8).contains("Action=AssumeRoleWithWebIdentity");
      String action = web ? "AssumeRoleWithWebIdentity" : "AssumeRole";
      Matcher by = SIGNER.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      if (!web && signer == null && by.find()) {
        signer = by.group(1);
        signedWithToken = exchange.getRequestHeaders().containsKey("X-Amz-Security-Token");
      }
      text =
          "<R xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action + "Result><AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/R/s</Arn>"
              + "<AssumedRoleId>x</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>"
              + (web ? "WEB" : "ROLE")
              + "</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>t</SessionToken>"
              + "<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></" + action + "Result></R>";
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
