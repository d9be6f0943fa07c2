package dev.berth.agent.driver.libvirt;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Guests of a sector: what a machine does in its first milliseconds, without an operating system.
final class BootSector {
  private static final int SECTOR = 512;
  private static final int MEBIBYTE = 1 << 20;
  private static final int SERIAL = 0x3f8;
  private static final int SERIAL_STATUS = SERIAL + 5;
  private static final int ACPI_CONTROL = 0x604; // where SeaBIOS puts it, on q35 and pc

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  private BootSector() {}

  /// Writes a text to the serial port and halts.
  static byte[] thatSays(String text) {
    return new BootSector().say(text).halt().disk();
  }

  /// Writes a text to the serial port and switches the machine off.
  static byte[] thatSaysAndEnds(String text) {
    return new BootSector().say(text).powerOff().halt().disk();
  }

  /// Writes a text to the serial port, then all that it reads from there; switches the machine off
  /// when that is a 'q'.
  static byte[] thatEchoes(String text) {
    return new BootSector().say(text).leaveMeAlone().echo().powerOff().halt().disk();
  }

  /// Writes a text to the serial port, then answers each byte that it reads from there with how
  /// many it has read before, from '0' on; switches the machine off when that is a 'q'.
  static byte[] thatCounts(String text) {
    return new BootSector().say(text).leaveMeAlone().count().powerOff().halt().disk();
  }

  /// The firmware's timer takes input from the serial port.
  private BootSector leaveMeAlone() {
    bytes(0xfa); // cli
    return this;
  }

  private BootSector echo() {
    port(SERIAL_STATUS);
    bytes(0xec, 0xa8, 0x01, 0x74, 0xf8); // in al, dx; test al, 1; jz: again
    port(SERIAL);
    bytes(0xec, 0x3c, 'q', 0x74, 0x03, 0xee, 0xeb, 0xed); // in al, dx; cmp al, 'q'; je: on; out
    return this;
  }

  private BootSector count() {
    bytes(0xb3, '0'); // mov bl, '0'
    port(SERIAL_STATUS);
    bytes(0xec, 0xa8, 0x01, 0x74, 0xf8); // in al, dx; test al, 1; jz: again
    port(SERIAL);
    bytes(0xec, 0x3c, 'q', 0x74, 0x07); // in al, dx; cmp al, 'q'; je: on
    bytes(0x88, 0xd8, 0xfe, 0xc3, 0xee, 0xeb, 0xe9); // mov al, bl; inc bl; out dx, al; again
    return this;
  }

  private BootSector say(String text) {
    port(SERIAL);
    for (byte each : text.getBytes(StandardCharsets.US_ASCII)) {
      bytes(0xb0, each, 0xee); // mov al, each; out dx, al
    }
    return this;
  }

  private BootSector powerOff() {
    port(ACPI_CONTROL);
    bytes(0xb8, 0x00, 0x20, 0xef); // mov ax, 0x2000: sleep enable; out dx, ax
    return this;
  }

  private BootSector halt() {
    bytes(0xf4, 0xeb, 0xfd); // hlt, and again after each interrupt
    return this;
  }

  private void port(int number) {
    bytes(0xba, number & 0xff, number >> 8); // mov dx, number
  }

  private void bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
  }

  private byte[] disk() {
    byte[] bytes = code.toByteArray();
    if (bytes.length > SECTOR - 2) {
      throw new IllegalArgumentException("too long a text");
    }
    byte[] disk = new byte[MEBIBYTE];
    System.arraycopy(bytes, 0, disk, 0, bytes.length);
    disk[SECTOR - 2] = 0x55;
    disk[SECTOR - 1] = (byte) 0xaa;
    return disk;
  }
}
