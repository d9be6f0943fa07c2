/// The node's store of images for virtual machines.
@NullMarked
package dev.berth.agent.image;

import org.jspecify.annotations.NullMarked;
