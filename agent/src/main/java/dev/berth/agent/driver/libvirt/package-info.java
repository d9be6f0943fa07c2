/// Runs virtual machines through libvirt.
@NullMarked
package dev.berth.agent.driver.libvirt;

import org.jspecify.annotations.NullMarked;
