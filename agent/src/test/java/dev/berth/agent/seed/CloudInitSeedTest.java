package dev.berth.agent.seed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class CloudInitSeedTest {
  private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@example";
  private static final String HOSTILE =
      "x\"\nowner: 'evil'\r\n- a: b # c \\n {}[]&*!|>%@`\t\0\u0085";

  private static String text(CloudInitSeed seed, String file) throws SeedException {
    byte[] content = Objects.requireNonNull(seed.files().get(file), file);
    return new String(content, StandardCharsets.UTF_8);
  }

  private static Object yaml(String text) {
    return new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  private static String refusal(CloudInitSeed seed) {
    return String.valueOf(assertThrows(SeedException.class, seed::files).getMessage());
  }

  private static CloudInitSeed seed(String userData, String... keys) {
    return new CloudInitSeed("id-1", "db-1", userData, "", List.of(keys));
  }

  @Test
  void metaDataFollowFromInstanceAndHostName() throws SeedException {
    assertEquals(
        Map.of("instance-id", "id-1", "local-hostname", "db-1"),
        yaml(text(seed("#cloud-config\n"), "meta-data")));
  }

  @Test
  void userDataStayAsTheyWereWritten() throws SeedException {
    for (String userData : List.of("", "#cloud-config\nfqdn: é\r\n", "#!/bin/sh\necho $0")) {
      assertEquals(userData, text(seed(userData, KEY), "user-data"));
    }
  }

  @Test
  void keysAreInTheMetaDataWhateverTheUserDataAre() throws SeedException {
    for (String userData : List.of("", "#cloud-config\nssh_authorized_keys: []\n", "#!/bin/sh\n")) {
      assertEquals(
          Map.of(
              "instance-id",
              "id-1",
              "local-hostname",
              "db-1",
              "public-keys",
              List.of(KEY, "ssh-rsa BBBB")),
          yaml(text(seed(userData, KEY + "\n", " ssh-rsa BBBB"), "meta-data")));
    }
  }

  @Test
  void hostileStringsStayStrings() throws SeedException {
    CloudInitSeed seed =
        new CloudInitSeed(HOSTILE, HOSTILE + "2", "", "", List.of("ssh-rsa \"}: x # y"));
    assertEquals(
        Map.of(
            "instance-id",
            HOSTILE,
            "local-hostname",
            HOSTILE + "2",
            "public-keys",
            List.of("ssh-rsa \"}: x # y")),
        yaml(text(seed, "meta-data")));
  }

  @Test
  void anyStringIsReadBackAsItself() {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(12); j > 0; j--) {
        int most = new int[] {0x80, 0x300, 0x10000, 0x110000}[random.nextInt(4)];
        int codePoint = random.nextInt(most);
        boolean half = codePoint >= 0xd800 && codePoint < 0xe000;
        text.appendCodePoint(half ? ' ' : codePoint);
      }
      String quoted = YamlText.quoted(text.toString());
      assertEquals(Map.of("a", text.toString()), yaml("a: " + quoted + "\n"), quoted);
      assertTrue(quoted.chars().allMatch(each -> each >= ' ' && each < 0x7f), quoted);
    }
  }

  @Test
  void halfASurrogatePairIsReplaced() {
    assertEquals("\"a\\ufffdb\"", YamlText.quoted("a\ud800b"));
  }

  @Test
  void namesThatLookLikeNumbersStayStrings() throws SeedException {
    CloudInitSeed seed = new CloudInitSeed("0123", "null", "", "", List.of());
    assertEquals(
        Map.of("instance-id", "0123", "local-hostname", "null"), yaml(text(seed, "meta-data")));
  }

  @Test
  void thereIsANetworkConfigurationOnlyWhenOneWasGiven() throws SeedException {
    assertEquals(Set.of("meta-data", "user-data"), seed("").files().keySet());
    CloudInitSeed with = new CloudInitSeed("id-1", "db-1", "", "version: 2\n", List.of());
    assertEquals("version: 2\n", text(with, "network-config"));
  }

  @Test
  void metaDataThatWereGivenAreTakenAsTheyAre() throws SeedException {
    CloudInitSeed seed = new CloudInitSeed("i", "h", "", "instance-id: mine\n", "", List.of());
    assertEquals("instance-id: mine\n", text(seed, "meta-data"));
  }

  @Test
  void metaDataThatWereGivenCannotTakeKeys() {
    CloudInitSeed seed = new CloudInitSeed("i", "h", "", "instance-id: x\n", "", List.of(KEY));
    assertTrue(refusal(seed).contains("public-keys"), refusal(seed));
  }

  @Test
  void whatIsTooLargeIsRefused() throws SeedException {
    String largest = "é".repeat(32 << 10);
    assertEquals(64 << 10, seed(largest).files().getOrDefault("user-data", new byte[0]).length);
    assertEquals("user data: 65537 bytes (expected: at most 65536)", refusal(seed(largest + "x")));
    assertEquals(
        "network configuration: 16385 bytes (expected: at most 16384)",
        refusal(new CloudInitSeed("i", "h", "", "x".repeat(16385), List.of())));
    assertEquals(
        "SSH keys: 65 (expected: at most 64)",
        refusal(new CloudInitSeed("i", "h", "", "", Collections.nCopies(65, KEY))));
    assertEquals(
        "SSH key 2: 8193 characters (expected: at most 8192)",
        refusal(seed("", KEY, "k".repeat(8193))));
    assertEquals(
        "SSH keys: 131088 characters in all (expected: at most 131072)",
        refusal(seed("", Collections.nCopies(48, "k".repeat(2731)).toArray(String[]::new))));
    assertEquals(
        "meta data: 65537 bytes (expected: at most 65536)",
        refusal(new CloudInitSeed("i", "h", "", "x".repeat(65537), "", List.of())));
    assertEquals(
        "instance id: 0 characters (expected: 1 to 253)",
        refusal(new CloudInitSeed("", "h", "", "", List.of())));
    assertEquals(
        "host name: 254 characters (expected: 1 to 253)",
        refusal(new CloudInitSeed("i", "h".repeat(254), "", "", List.of())));
  }

  @Test
  void aKeyOfTwoLinesIsRefused() {
    for (String key : List.of(KEY + "\n" + KEY, "a\rb", "a\0b", " ")) {
      assertEquals(
          "SSH key 2: empty, or with a line break (expected: one public key on one line)",
          refusal(seed("", KEY, key)));
    }
  }

  @Test
  void theLargestSeedFits() throws SeedException {
    CloudInitSeed largest =
        new CloudInitSeed(
            "i".repeat(253),
            "h".repeat(253),
            "u".repeat(64 << 10),
            "n".repeat(16 << 10),
            Collections.nCopies(16, "é".repeat(8 << 10)));
    IsoReader iso = new IsoReader(largest.image());
    assertEquals(largest.files().keySet(), iso.rockRidge().keySet());
    assertArrayEquals(largest.files().get("meta-data"), iso.rockRidge().get("meta-data"));
  }

  @Test
  void nothingSecretIsInItsName() {
    assertFalse(seed("#cloud-config\npassword: hunter2\n", KEY).toString().contains("hunter2"));
  }
}
