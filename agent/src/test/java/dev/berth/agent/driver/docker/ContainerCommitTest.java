package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.InstanceCommitRequest;
import org.junit.jupiter.api.Test;

final class ContainerCommitTest {
  @Test
  void whatUsersWroteBecomesNoOtherParameter() {
    String target =
        ContainerCommit.target(
            "c1",
            InstanceCommitRequest.newBuilder()
                .setImage("host:5000/shop:may")
                .setAuthor("a&pause=0")
                .setComment("c d")
                .addChanges("ENV A=\"x&y\"")
                .build());
    assertTrue(
        target.startsWith(
            "/commit?container=c1&repo=host%3A5000%2Fshop&tag=may&pause=1"
                + "&author=a%26pause%3D0&comment=c+d&changes=ENV+A%3D%22x%26y%22&changes=LABEL"),
        target);
  }

  @Test
  void theLabelsByWhichBerthKnowsItsOwnAreTakenAwayLast() {
    String target =
        ContainerCommit.target(
            "c1",
            InstanceCommitRequest.newBuilder()
                .setImage("shop")
                .setWithoutPause(true)
                .addChanges("LABEL dev.berth.instance=1")
                .build());
    assertTrue(target.contains("&tag=latest&pause=0&"), target);
    assertEquals(9, target.split("&changes=", -1).length - 1);
    assertTrue(
        target.lastIndexOf("LABEL+dev.berth.instance%3D%22%22")
            > target.indexOf("LABEL+dev.berth.instance%3D1"),
        target);
  }
}
