/** What somebody reads who holds a phone before a screen. */
import type { Browser } from 'playwright-core';
import decodeQR from 'qr/decode.js';

const pixelsOfSquare = 6;

/** @param picture PNG */
export async function readPicture(browser: Browser, picture: Buffer): Promise<string> {
  const page = await browser.newPage();
  try {
    const seen = await page.evaluate(async (base64) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context?.drawImage(image, 0, 0);
      const data = context?.getImageData(0, 0, image.width, image.height).data ?? [];
      return { width: image.width, height: image.height, data: [...data] };
    }, picture.toString('base64'));
    return decodeQR({ ...seen, data: Uint8Array.from(seen.data) });
  } finally {
    await page.close();
  }
}

/** @param lines of blocks and half blocks, which are light */
export function readBlocks(lines: readonly string[]): string {
  const rows = lines.flatMap((line) => [
    Array.from(line).map((block) => block === '█' || block === '▀'),
    Array.from(line).map((block) => block === '█' || block === '▄'),
  ]);
  const width = (rows[0]?.length ?? 0) * pixelsOfSquare;
  const pixels = rows.flatMap((row) =>
    Array.from({ length: pixelsOfSquare }, () =>
      row.flatMap((isLight) => Array.from({ length: pixelsOfSquare }, () => (isLight ? [255, 255, 255, 255] : [0, 0, 0, 255])).flat()),
    ).flat(),
  );
  return decodeQR({ width, height: rows.length * pixelsOfSquare, data: Uint8Array.from(pixels) });
}
