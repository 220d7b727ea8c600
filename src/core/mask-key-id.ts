/** `AKIA…7Q2X`; ids of other stores show only their end, short ones nothing. */
export function maskKeyId(id: string): string {
  const prefix = /^A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}$/.test(id) ? id.slice(0, 4) : '';
  return id.length >= 16 ? `${prefix}…${id.slice(-4)}` : '••••••••';
}
