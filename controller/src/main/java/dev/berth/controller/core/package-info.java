/// The pure heart of the controller: events in, mutations and effects out.
@NullMarked
package dev.berth.controller.core;

import org.jspecify.annotations.NullMarked;
