package io.minga.libp2p.offences;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.function.LongSupplier;

@SuppressWarnings({"JavaUtilDate", "UnnecessaryLambda", "JdkObsolete"})
abstract class ReadsClocks {
  abstract void clock(Clock clock);

  abstract void instantSource(InstantSource source);

  abstract void calendar(Calendar calendar);

  abstract void gregorianCalendar(GregorianCalendar calendar);

  long nanoTime() {
    return System.nanoTime();
  }

  LongSupplier nanoTimeReference() {
    return System::nanoTime;
  }

  LongSupplier nanoTimeInLambda() {
    return () -> -System.nanoTime();
  }

  long currentTimeMillis() {
    return System.currentTimeMillis();
  }

  Instant instant() {
    return Instant.now();
  }

  LocalDate localDate() {
    return LocalDate.now(ZoneOffset.UTC);
  }

  Date date() {
    return new Date();
  }

  void certificateValidity(X509Certificate certificate) throws CertificateException {
    certificate.checkValidity();
  }
}
