package io.minga.simulations.rig;

/**
 * What a relay does to the bytes of one direction between two peers.
 *
 * @param delayMillisMin the least that they take
 * @param delayMillisMax the most; each piece draws its own, and none overtakes another
 * @param lossPercent how many segments of {@value #SEGMENT_BYTES} B are lost on the way and sent
 *     again by TCP, which holds back all that is behind them
 * @param resetBytesMean after how many bytes, on average, the connection is reset; 0 for never
 */
public record Weather(
    int delayMillisMin, int delayMillisMax, double lossPercent, long resetBytesMean) {
  /** What TCP puts into one packet. */
  public static final int SEGMENT_BYTES = 1400;

  /** Nothing happens to them. */
  public static final Weather FAIR = new Weather(0, 0, 0, 0);

  /** Checks the ranges. */
  public Weather {
    if (delayMillisMin < 0
        || delayMillisMax < delayMillisMin
        || !(lossPercent >= 0 && lossPercent <= 50)
        || resetBytesMean < 0) {
      throw new IllegalArgumentException("no such weather");
    }
  }

  /** Segments that are lost. */
  public static Weather loss(double percent) {
    return new Weather(0, 0, percent, 0);
  }

  /** Delays between two bounds. */
  public static Weather delay(int minMillis, int maxMillis) {
    return new Weather(minMillis, maxMillis, 0, 0);
  }

  /** Connections that are reset now and then. */
  public static Weather resets(long bytesMean) {
    return new Weather(0, 0, 0, bytesMean);
  }
}
