package io.minga.libp2p.offences;

import io.netty.buffer.ByteBuf;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLConnection;
import java.net.http.HttpClient;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

@SuppressWarnings("AddressSelection")
abstract class DoesInputAndOutput {
  abstract void nettyBuffer(ByteBuf buffer);

  abstract void socket(Socket socket);

  abstract void sockets(Socket[] sockets);

  abstract void serverSocket(ServerSocket socket);

  abstract void datagramSocket(DatagramSocket socket);

  abstract void multicastSocket(MulticastSocket socket);

  abstract void networkInterface(NetworkInterface device);

  abstract void url(URL url);

  abstract void urlConnection(URLConnection connection);

  abstract void httpClient(HttpClient client);

  abstract void channel(SocketChannel channel);

  abstract void file(File file);

  abstract void fileInputStream(FileInputStream stream);

  abstract void randomAccessFile(RandomAccessFile file);

  byte[] path(Path path) throws IOException {
    return Files.readAllBytes(path);
  }

  Process process() throws IOException {
    return new ProcessBuilder().start();
  }

  InetAddress[] allByName() throws IOException {
    return InetAddress.getAllByName("localhost");
  }

  InetAddress localHost() throws IOException {
    return InetAddress.getLocalHost();
  }

  boolean reachable(InetAddress address) throws IOException {
    return address.isReachable(1);
  }

  String hostName(InetAddress address) {
    return address.getHostName();
  }

  String hostNameOfSocketAddress(InetSocketAddress address) {
    return address.getHostName();
  }

  Function<InetAddress, String> canonicalHostName() {
    return InetAddress::getCanonicalHostName;
  }

  InetSocketAddress resolvingSocketAddress() {
    return new InetSocketAddress("localhost", 1);
  }
}
