package io.minga.cli;

import io.minga.cli.control.Json;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.runtime.SystemEntropy;
import io.minga.libp2p.store.KeyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code minga id}: who the peer of a data directory is. */
@Command(
    name = "id",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = "Prints the id of the data directory's peer, and makes its key if it has none.",
    footer = {"", "Example:", "  minga id --data /var/lib/minga"})
final class IdCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  private final Surroundings around;

  IdCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Failure {
    Verbosity.set(common.isVerbose());
    Path data = common.data(around);
    DataDirectory.make(data);
    try {
      PeerId id =
          PeerId.of(
              new KeyFile(DataDirectory.keyFile(data), CryptoProviders.best())
                  .loadOrCreate(new SystemEntropy())
                  .publicKey());
      around.out().println(common.isJson() ? Json.text(Map.of("peer", id.toString())) : id);
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure(e);
    }
  }
}
