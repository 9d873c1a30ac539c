package io.minga.libp2p.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.runtime.SystemEntropy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
  private static final Crypto CRYPTO = CryptoProviders.best();
  private static final SystemEntropy ENTROPY = new SystemEntropy();

  private final Path directory;

  KeyFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void loadOrCreate_noFile_createsOneForItsOwnerAlone() throws IOException {
    Path path = directory.resolve("identity.key");
    PrivateKey created = new KeyFile(path, CRYPTO).loadOrCreate(ENTROPY);
    assertThat(mode(path)).isEqualTo("rw-------");
    assertThat(Files.readAllBytes(path)).isEqualTo(created.encode().toByteArray());
    assertThat(files()).as("no draft is left").containsExactly("identity.key");
  }

  @Test
  void loadOrCreate_secondTime_givesTheSameKeyAndWritesNothing() throws IOException {
    Path path = directory.resolve("identity.key");
    PrivateKey created = new KeyFile(path, CRYPTO).loadOrCreate(ENTROPY);
    var modified = Files.getLastModifiedTime(path);
    assertThat(new KeyFile(path, CRYPTO).loadOrCreate(ENTROPY)).isEqualTo(created);
    assertThat(new KeyFile(path, CRYPTO).load()).isEqualTo(created);
    assertThat(Files.getLastModifiedTime(path)).isEqualTo(modified);
  }

  @Test
  void loadOrCreate_readOnlyFile_isLoaded() throws IOException {
    Path path = written(encodedKey(), "r--------");
    assertThat(new KeyFile(path, CRYPTO).loadOrCreate(ENTROPY).encode().toByteArray())
        .isEqualTo(encodedKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------", "rw-r--r--"})
  void load_modeWiderThan0600_isRefusedWithTheRemedy(String mode) throws IOException {
    Path path = written(encodedKey(), mode);
    assertThatThrownBy(() -> new KeyFile(path, CRYPTO).loadOrCreate(ENTROPY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key file " + path + " has mode 0")
        .hasMessageEndingWith("; chmod 600 " + path);
    assertThat(mode(path)).as("nothing changes").isEqualTo(mode);
  }

  @Test
  void load_mode0644_isNamedInOctal() throws IOException {
    Path path = written(encodedKey(), "rw-r--r--");
    assertThatThrownBy(() -> new KeyFile(path, CRYPTO).load())
        .hasMessage(
            "key file %s has mode 0644, its secret must be its owner's alone (0600);"
                + " chmod 600 %s",
            path, path);
  }

  @Test
  void load_directory_isRefused() {
    assertRefused(directory, "is a directory; name a file in it");
  }

  @Test
  void load_noFile_isRefused() {
    Path path = directory.resolve("absent.key");
    assertThatThrownBy(() -> new KeyFile(path, CRYPTO).load())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not exist");
    assertThat(path).doesNotExist();
  }

  @Test
  void loadOrCreate_noDirectory_isRefusedWithTheRemedy() {
    assertRefused(
        directory.resolve("none/identity.key"),
        "is in a directory that does not exist; mkdir -m 700 " + directory.resolve("none"));
  }

  @Test
  void load_unreadable_isRefused() throws IOException {
    Path path = written(encodedKey(), "---------");
    assumeThat(Files.isReadable(path)).as("root reads everything").isFalse();
    assertRefused(path, "can't be read by the user");
  }

  @Test
  void load_empty_isRefused() throws IOException {
    assertRefused(written(new byte[0], "rw-------"), "private key ends before the key's type");
  }

  @Test
  void load_everyTruncation_isRefusedAndKept() throws IOException {
    byte[] key = encodedKey();
    for (int length = 0; length < key.length; length++) {
      byte[] cut = Arrays.copyOf(key, length);
      Path path = written(cut, "rw-------");
      assertRefused(path, "holds no key that can be used");
      assertThat(Files.readAllBytes(path)).isEqualTo(cut);
    }
  }

  @Test
  void load_otherTypeOfKey_isRefusedByName() throws IOException {
    Path path = written(new byte[] {8, 2, 18, 1, 0}, "rw-------");
    assertRefused(path, "private key is of type SECP256K1, should be ED25519");
  }

  @Test
  void load_hugeFile_isRefusedWithoutReadingIt() throws IOException {
    Path path = written(new byte[1 << 20], "rw-------");
    assertRefused(path, "has more than 16384 bytes");
  }

  @Test
  void load_anyRefusal_showsNoSecret() throws IOException {
    byte[] key = encodedKey();
    key[50] ^= 1;
    Path path = written(key, "rw-------");
    assertThatThrownBy(() -> new KeyFile(path, CRYPTO).load())
        .hasMessageNotContaining("0102030405");
  }

  @Test
  void loadOrCreate_danglingLink_isRefused() throws IOException {
    Path path = directory.resolve("link.key");
    Files.createSymbolicLink(path, directory.resolve("absent"));
    assertRefused(path, "is a link to a file that does not exist");
  }

  @Test
  void loadOrCreate_byManyAtATime_givesOneIdentity() throws Exception {
    int creators = 8;
    ExecutorService threads = Executors.newFixedThreadPool(creators);
    try {
      for (int round = 0; round < 20; round++) {
        Path path = directory.resolve(round + ".key");
        CyclicBarrier start = new CyclicBarrier(creators);
        Callable<PrivateKey> creator =
            () -> {
              start.await();
              return new KeyFile(path, CRYPTO).loadOrCreate(ENTROPY);
            };
        List<PrivateKey> keys = new ArrayList<>();
        for (Future<PrivateKey> key : threads.invokeAll(Collections.nCopies(creators, creator))) {
          keys.add(key.get());
        }
        assertThat(keys).containsOnly(new KeyFile(path, CRYPTO).load());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(files()).as("no drafts are left").hasSize(20);
  }

  @Test
  void loadOrCreate_bySeveralProcesses_givesOneIdentity() throws Exception {
    Path path = directory.resolve("identity.key");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED", // or newer JVMs print warnings
                  "-cp",
                  System.getProperty("java.class.path"),
                  KeyFileTest.class.getName(),
                  path.toString())
              .redirectErrorStream(true)
              .start());
    }
    List<String> printed = new ArrayList<>();
    for (Process process : processes) {
      printed.add(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertThat(process.waitFor()).as(printed.toString()).isZero();
    }
    assertThat(printed).containsOnly(new KeyFile(path, CRYPTO).load().publicKey().toString());
  }

  /** Loads or creates the key file that its argument names, and prints the public half. */
  public static void main(String[] args) throws IOException {
    System.out.print(
        new KeyFile(Path.of(args[0]), CryptoProviders.portable())
            .loadOrCreate(ENTROPY)
            .publicKey());
  }

  private void assertRefused(Path path, String message) {
    assertThatThrownBy(() -> new KeyFile(path, CRYPTO).loadOrCreate(ENTROPY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("key file " + path + " ")
        .hasMessageContaining(message);
  }

  /** A key whose secret is the bytes 1 to 32, as the wire has it. */
  private static byte[] encodedKey() {
    return PrivateKey.generate(
            CRYPTO,
            length -> {
              byte[] bytes = new byte[length];
              for (int i = 0; i < length; i++) {
                bytes[i] = (byte) (i + 1);
              }
              return bytes;
            })
        .encode()
        .toByteArray();
  }

  private Path written(byte[] contents, String mode) throws IOException {
    Path path = Files.createTempFile(directory, "written", ".key");
    Files.write(path, contents);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    return path;
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
