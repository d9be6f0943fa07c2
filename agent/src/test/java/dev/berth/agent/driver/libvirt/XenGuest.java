package dev.berth.agent.driver.libvirt;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Paravirtualized guests of Xen of a page: what a machine does in its first milliseconds, without
/// an operating system. They are ELF images with Xen's notes, linked at address 0.
final class XenGuest {
  private static final int PAGE = 4096;
  private static final int TEXT = 0x200;
  private static final int NOTES = 0x200;
  private static final int HEADER = 64;
  private static final int PROGRAM_HEADER = 56;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final byte[] text;

  private XenGuest(String text) {
    this.text = text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Writes a text to the console and waits.
  static byte[] thatSays(String text) {
    return new XenGuest(text).say().sleep().image();
  }

  /// Writes a text to the console, waits until somebody has read it, and switches itself off.
  static byte[] thatSaysAndEnds(String text) {
    return new XenGuest(text).say().awaitRead().powerOff().sleep().image();
  }

  /// Two pages after the start info, which Xen gives in rsi, is the ring of the console: 1 KiB for
  /// input, 2 KiB for output, and what was consumed and produced of each.
  private XenGuest say() {
    hex("fc 48 89 f3"); // cld; mov rbx, rsi
    hex("4c 8d a6 00 20 00 00"); // lea r12, [rsi + 0x2000]
    hex("49 8d bc 24 00 04 00 00"); // lea rdi, [r12 + 1024]
    hex("be").number(TEXT); // mov esi, TEXT
    hex("b9").number(text.length).hex("f3 a4"); // mov ecx, length; rep movsb
    hex("41 c7 84 24 0c 0c 00 00").number(text.length); // mov dword ptr [r12 + 3084], length
    hex("ff 73 50 48 89 e6"); // push qword ptr [rbx + 80]: the event channel; mov rsi, rsp
    hex("bf 04 00 00 00 b8 20 00 00 00 0f 05"); // mov edi, send; mov eax, event channel; syscall
    return this;
  }

  private XenGuest awaitRead() {
    hex("31 ff b8 1d 00 00 00 0f 05"); // xor edi, edi: yield; mov eax, scheduler; syscall
    hex("41 8b 84 24 08 0c 00 00"); // mov eax, [r12 + 3080]
    hex("41 3b 84 24 0c 0c 00 00"); // cmp eax, [r12 + 3084]
    hex("75 e5"); // jne: again
    return this;
  }

  private XenGuest powerOff() {
    hex("6a 00 48 89 e6"); // push 0: for this reason; mov rsi, rsp
    hex("bf 02 00 00 00 b8 1d 00 00 00 0f 05"); // mov edi, shut down; mov eax, scheduler; syscall
    return this;
  }

  /// Polls no event channel, without end: being woken by one would need a handler.
  private XenGuest sleep() {
    hex("48 83 ec 18 31 c0"); // sub rsp, 24; xor eax, eax
    hex("48 89 04 24 48 89 44 24 08 48 89 44 24 10 48 89 e6"); // three zeros, and where they are
    hex("bf 03 00 00 00 b8 1d 00 00 00 0f 05"); // mov edi, poll; mov eax, scheduler; syscall
    hex("eb df"); // jmp: again
    return this;
  }

  private XenGuest hex(String bytes) {
    for (String each : bytes.split(" ", -1)) {
      code.write(Integer.parseInt(each, 16));
    }
    return this;
  }

  private XenGuest number(int value) {
    byte[] four = new byte[Integer.BYTES];
    ByteBuffer.wrap(four).order(ByteOrder.LITTLE_ENDIAN).putInt(value);
    code.writeBytes(four);
    return this;
  }

  private byte[] image() {
    if (code.size() > TEXT || text.length > 1024) {
      throw new IllegalArgumentException("too long");
    }
    byte[] notes = notes();
    byte[] bytes = new byte[2 * PAGE];
    ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    image.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}); // 64 bits, little-endian
    image.position(16).putShort((short) 2).putShort((short) 62).putInt(1); // executable, x86-64
    image.putLong(0).putLong(HEADER).putLong(0).putInt(0); // entry, program headers
    image.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 2);
    image.position(HEADER);
    programHeader(image, 1, 7, PAGE, PAGE); // to be loaded; may be all
    programHeader(image, 4, 4, NOTES, notes.length);
    image.position(NOTES).put(notes);
    image.position(PAGE).put(code.toByteArray());
    image.position(PAGE + TEXT).put(text);
    return bytes;
  }

  private static void programHeader(ByteBuffer to, int type, int flags, long offset, long size) {
    to.putInt(type).putInt(flags).putLong(offset).putLong(0).putLong(0);
    to.putLong(size).putLong(size).putLong(type == 1 ? PAGE : Integer.BYTES);
  }

  private static byte[] notes() {
    ByteArrayOutputStream notes = new ByteArrayOutputStream();
    note(notes, 5, "xen-3.0\0".getBytes(StandardCharsets.US_ASCII)); // the interface
    note(notes, 6, "berth\0".getBytes(StandardCharsets.US_ASCII)); // the guest
    note(notes, 8, "generic\0".getBytes(StandardCharsets.US_ASCII)); // the loader
    note(notes, 3, new byte[Long.BYTES]); // the base of virtual addresses
    note(notes, 1, new byte[Long.BYTES]); // the entry
    return notes.toByteArray();
  }

  private static void note(ByteArrayOutputStream to, int type, byte[] value) {
    byte[] bytes = new byte[16 + (value.length + 3) / 4 * 4];
    ByteBuffer note = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    note.putInt(4).putInt(value.length).putInt(type).put(new byte[] {'X', 'e', 'n', 0}).put(value);
    to.writeBytes(bytes);
  }
}
