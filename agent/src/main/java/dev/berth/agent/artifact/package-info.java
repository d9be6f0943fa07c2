/// What is placed for processes before they start: fetched, checked and unpacked.
@NullMarked
package dev.berth.agent.artifact;

import org.jspecify.annotations.NullMarked;
