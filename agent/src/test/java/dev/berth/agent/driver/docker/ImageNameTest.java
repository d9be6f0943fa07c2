package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ImageNameTest {
  @Test
  void asksForOneTagAlways() {
    assertEquals("/images/create?fromImage=a%2Fb&tag=latest", pull("a/b"));
    assertEquals("/images/create?fromImage=h%3A5000%2Fb&tag=latest", pull("h:5000/b"));
    assertEquals("/images/create?fromImage=b&tag=1.2", pull("b:1.2"));
    assertEquals("/images/create?fromImage=b&tag=sha256%3Aff", pull("b:1@sha256:ff"));
    assertEquals("/images/h:5000/a/b/push?tag=latest", ImageName.parse("h:5000/a/b").pushTarget());
    assertEquals("/images/b/push?tag=1", ImageName.parse("b:1").pushTarget());
  }

  private static String pull(String image) {
    return ImageName.parse(image).pullTarget();
  }
}
