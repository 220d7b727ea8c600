/** Waits for what happens elsewhere, and looks often; the time of the test ends it. */
export async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 5));
}
