/// The docker driver: containers through the Docker daemon's API.
@NullMarked
package dev.berth.agent.driver.docker;

import org.jspecify.annotations.NullMarked;
