package dev.berth.cli.term;

/// What commands tell the shell. `run` and `wait` also pass on the code of the program they waited
/// for, 128+n when signal n ended it.
public final class ExitCode {
  /// All is done.
  public static final int OK = 0;

  /// It did not work; stderr says why.
  public static final int FAILURE = 1;

  /// The command line or a file is wrong; nothing was done.
  public static final int USAGE = 2;

  /// `run` and `wait`: Berth itself failed, and no program's code is known.
  public static final int NO_PROGRAM_CODE = 125;

  /// `run`: the program cannot be executed.
  public static final int NOT_EXECUTABLE = 126;

  /// `run`: the program or the image is not found.
  public static final int NOT_FOUND = 127;

  /// Nobody reads the output any more: 128 and SIGPIPE's number, as other programs end then.
  public static final int CLOSED_PIPE = 141;

  private ExitCode() {}
}
