package dev.berth.agent.driver;

import dev.berth.v1.Image;
import dev.berth.v1.ImageRemoval;
import dev.berth.v1.ImageStep;
import dev.berth.v1.RegistryLogin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Images of containers, as one runtime has them.
///
/// An image is named as users do it: by a reference, where "latest" is meant without a tag, or by
/// the beginning of its id. All calls block; each can be interrupted, which fails it with the
/// reason "Interrupted" and ends a transfer.
public interface ContainerImages {
  /// The reason of a failure: there is no such image, on the node or in the registry.
  String MISSING = "ImageMissing";

  /// The reason of a failure: a container needs the image, or it has other names.
  String IN_USE = "ImageInUse";

  /// The reason of a failure: the registry refuses the login, or wants one.
  String LOGIN_REFUSED = "RegistryLoginRefused";

  /// All images that have a name or are the base of nothing, without their platform.
  ///
  /// @throws DriverException when the runtime cannot be asked
  List<Image> list() throws DriverException;

  /// One image.
  ///
  /// @throws DriverException with the reason [#MISSING], or when the runtime cannot be asked
  Image inspect(String image) throws DriverException;

  /// How an image was made, the last step first.
  ///
  /// @throws DriverException with the reason [#MISSING], or when the runtime cannot be asked
  List<ImageStep> history(String image) throws DriverException;

  /// Archives of these images.
  ImageArchives archives();

  /// Makes such images.
  ImageBuilder builder();

  /// Fetches an image from its registry. What is there already is not fetched again.
  ///
  /// @param login who one is to the registry; empty: what the node's own configuration says
  /// @param listener told how far it is
  /// @return the image, as it is there now
  /// @throws DriverException with the reasons [#MISSING], [#LOGIN_REFUSED], or another one
  Image pull(String image, Optional<RegistryLogin> login, PrepareListener listener)
      throws DriverException;

  /// Brings an image to the registry that its name says.
  ///
  /// @param login as for [#pull]
  /// @return the image, with the digest under which the registry has it
  /// @throws DriverException as [#pull]
  Image push(String image, Optional<RegistryLogin> login, PrepareListener listener)
      throws DriverException;

  /// Asks the registry which digest a name means now; nothing is fetched.
  ///
  /// @param login as for [#pull]
  /// @return the name with its one digest; with none when the image is here, and never was in a
  ///     registry
  /// @throws DriverException as [#pull]
  Image resolve(String image, Optional<RegistryLogin> login) throws DriverException;

  /// Gives an image one more name, which means it from then on.
  ///
  /// @param target a reference without digest
  /// @throws DriverException with the reason [#MISSING], or when the runtime cannot be asked
  Image tag(String image, String target) throws DriverException;

  /// Removes a name, and the image with its last name; or by its id the image.
  ///
  /// @param force also when it has several names, or only ended containers use it
  /// @return the image that it was
  /// @throws DriverException with the reasons [#MISSING], [#IN_USE], or when the runtime cannot be
  ///     asked
  Image remove(String image, boolean force) throws DriverException;

  /// Removes what no container uses, running or not.
  ///
  /// @param all also what has names; else only what has lost them
  /// @param until only what was built longer ago; zero: all
  ImageRemoval prune(boolean all, Duration until) throws DriverException;
}
