package dev.berth.cli.run;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// The options of `berth run --kind vm` that describe the machine.
final class VmOptions {
  @Option(
      names = "--sha256",
      paramLabel = "DIGEST",
      description = "VM: SHA-256 of the image's file; needed when the image is a URL.")
  String sha256 = "";

  @Option(
      names = "--disk-size",
      paramLabel = "SIZE",
      description = "VM: size of the disk, such as 20Gi; the image's unless given.")
  String diskSize = "";

  @Option(
      names = "--data-disk",
      paramLabel = "NAME=SIZE",
      description = "VM: a further, empty disk.")
  List<String> dataDisks = new ArrayList<>();

  @Option(
      names = "--network",
      paramLabel = "NAME|user|bridge:NAME|libvirt:NAME",
      description =
          "Container: joins this network of its node, or none. VM: connects a network card; user"
              + " unless given.")
  List<String> networks = new ArrayList<>();

  @Option(
      names = "--firmware",
      paramLabel = "bios|uefi",
      description = "VM: what starts it; bios unless given.")
  String firmware = "";

  @Option(names = "--user-data", paramLabel = "FILE", description = "VM: user data for cloud-init.")
  String userData = "";

  @Option(
      names = "--ssh-key",
      paramLabel = "FILE",
      description = "VM: a public key that may log in, given by cloud-init.")
  List<String> sshKeys = new ArrayList<>();

  @Option(
      names = "--driver",
      paramLabel = "NAME",
      description =
          "VM: the driver that runs it, as berth node inspect names it; any unless given.")
  String driver = "";

  @Option(
      names = "--host-device",
      paramLabel = "pci:ADDRESS|usb:VENDOR:PRODUCT",
      description = "VM: a device of a node that allows it, such as pci:0000:01:00.0.")
  List<String> hostDevices = new ArrayList<>();

  @Option(names = "--require-kvm", description = "VM: only where hardware acceleration works.")
  boolean requireKvm;

  @Option(names = "--vnc", description = "VM: a graphical console on the node's loopback address.")
  boolean vnc;

  @Option(
      names = "--secure-boot",
      description = "VM: starts only what is signed by a known key; needs --firmware uefi.")
  boolean secureBoot;

  @Option(names = "--tpm", description = "VM: a TPM 2.0 of its own, emulated.")
  boolean tpm;
}
