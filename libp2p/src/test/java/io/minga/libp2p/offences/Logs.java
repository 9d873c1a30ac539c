package io.minga.libp2p.offences;

import org.slf4j.Logger;

@SuppressWarnings("CatchAndPrintStackTrace")
abstract class Logs {
  abstract void slf4j(Logger logger);

  abstract void javaUtilLogging(java.util.logging.Logger logger);

  abstract void systemLogger(System.Logger logger);

  void standardOut() {
    System.out.println();
  }

  void standardError() {
    System.err.println();
  }

  void stackTrace(RuntimeException exception) {
    exception.printStackTrace();
  }
}
