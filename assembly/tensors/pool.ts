// Windows of images of which one number is made: their largest, or their mean; and how errors go back.
//
// Sizes: x is height×width×channels; window r,c, r < outHeight, c < outWidth, begins at x[r·strideY − top, c·strideX − left];
// what of it is beyond the image is left out.

import { LANES, SIZE, add, mul, select, splat, storeUpTo } from "../vec";
import { demoted, upper } from "./reduce";

/** out[r,c,k] = the largest number of a window, NaN left out; −∞ where there is none */
export function maxPool(
  height: i32, width: i32, channels: i32, windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, outHeight: i32,
  outWidth: i32, top: i32, left: i32, x: usize, out: usize,
): void {
  const pixel = <usize>channels * SIZE;
  for (let r = 0; r < outHeight; r++) {
    const firstY = max(0, r * strideY - top), endY = min(height, r * strideY - top + windowHeight);
    for (let c = 0; c < outWidth; c++, out += pixel) {
      const firstX = max(0, c * strideX - left), endX = min(width, c * strideX - left + windowWidth);
      for (let k = 0; k < channels; k += LANES) {
        let most = splat(-Infinity);
        for (let y = firstY; y < endY; y++) {
          let p = x + <usize>(y * width + firstX) * pixel + <usize>k * SIZE;
          for (let z = firstX; z < endX; z++, p += pixel) most = v128.pmax<real>(most, v128.load(p));
        }
        storeUpTo(out + <usize>k * SIZE, most, channels - k);
      }
    }
  }
}

/** out[r,c,k] = the mean of a window, added up in float64; NaN where there is nothing */
export function meanPool(
  height: i32, width: i32, channels: i32, windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, outHeight: i32,
  outWidth: i32, top: i32, left: i32, x: usize, out: usize,
): void {
  const pixel = <usize>channels * SIZE;
  for (let r = 0; r < outHeight; r++) {
    const firstY = max(0, r * strideY - top), endY = min(height, r * strideY - top + windowHeight);
    for (let c = 0; c < outWidth; c++, out += pixel) {
      const firstX = max(0, c * strideX - left), endX = min(width, c * strideX - left + windowWidth);
      const count = v128.splat<f64>(<f64>(max(0, endY - firstY) * max(0, endX - firstX)));
      for (let k = 0; k < channels; k += LANES) {
        let a = v128.splat<f64>(0), b = a;
        for (let y = firstY; y < endY; y++) {
          let p = x + <usize>(y * width + firstX) * pixel + <usize>k * SIZE;
          for (let z = firstX; z < endX; z++, p += pixel) {
            const v = v128.load(p);
            a = v128.add<f64>(a, v128.promote_low<f32>(v));
            b = v128.add<f64>(b, upper(v));
          }
        }
        storeUpTo(out + <usize>k * SIZE, demoted(v128.div<f64>(a, count), v128.div<f64>(b, count)), channels - k);
      }
    }
  }
}

/** x[k] = x[k] + dy, k ≥ 0 */
// @ts-ignore: decorator
@inline
function addAt(x: usize, k: i32, dy: f32): void {
  if (k >= 0) store<f32>(x + <usize>k * SIZE, load<f32>(x + <usize>k * SIZE) + dy);
}

/** dx[y,z,k] = dx[y,z,k] + dy[r,c,k] for the first largest number of a window, x[y,z,k], NaN left out */
export function maxPoolBackward(
  height: i32, width: i32, channels: i32, windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, outHeight: i32,
  outWidth: i32, top: i32, left: i32, x: usize, dy: usize, dx: usize,
): void {
  for (let r = 0; r < outHeight; r++) {
    const firstY = max(0, r * strideY - top), endY = min(height, r * strideY - top + windowHeight);
    for (let c = 0; c < outWidth; c++) {
      const firstX = max(0, c * strideX - left), endX = min(width, c * strideX - left + windowWidth);
      for (let k = 0; k < channels; k += LANES, dy += 16) {
        let most = splat(-Infinity), place = v128.splat<i32>(-1);
        for (let y = firstY; y < endY; y++) {
          let at = (y * width + firstX) * channels + k;
          for (let z = firstX; z < endX; z++, at += channels) {
            const v = v128.load(x + <usize>at * SIZE), larger = v128.gt<real>(v, most);
            most = select(larger, v, most);
            place = select(larger, v128.splat<i32>(at), place);
          }
        }
        place = v128.add<i32>(place, v128.and(v128.ge<i32>(place, v128.splat<i32>(0)), i32x4(0, 1, 2, 3)));
        const e = v128.load(dy), some = channels - k;
        addAt(dx, v128.extract_lane<i32>(place, 0), v128.extract_lane<f32>(e, 0));
        if (some > 1) addAt(dx, v128.extract_lane<i32>(place, 1), v128.extract_lane<f32>(e, 1));
        if (some > 2) addAt(dx, v128.extract_lane<i32>(place, 2), v128.extract_lane<f32>(e, 2));
        if (some > 3) addAt(dx, v128.extract_lane<i32>(place, 3), v128.extract_lane<f32>(e, 3));
        else dy -= <usize>(LANES - some) * SIZE;
      }
    }
  }
}

/** dx[y,z,k] = dx[y,z,k] + dy[r,c,k]/(windowHeight·windowWidth) for all y,z of a window, also if others are beyond the image */
export function meanPoolBackward(
  height: i32, width: i32, channels: i32, windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, outHeight: i32,
  outWidth: i32, top: i32, left: i32, dy: usize, dx: usize,
): void {
  const pixel = <usize>channels * SIZE, share = splat(1 / (<real>windowHeight * <real>windowWidth));
  for (let r = 0; r < outHeight; r++) {
    const firstY = max(0, r * strideY - top), endY = min(height, r * strideY - top + windowHeight);
    for (let c = 0; c < outWidth; c++, dy += pixel) {
      const firstX = max(0, c * strideX - left), endX = min(width, c * strideX - left + windowWidth);
      for (let k = 0; k < channels; k += LANES) {
        const e = mul(v128.load(dy + <usize>k * SIZE), share);
        for (let y = firstY; y < endY; y++) {
          let p = dx + <usize>(y * width + firstX) * pixel + <usize>k * SIZE;
          for (let z = firstX; z < endX; z++, p += pixel) storeUpTo(p, add(v128.load(p), e), channels - k);
        }
      }
    }
  }
}
