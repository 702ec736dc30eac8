import Foundation

// Tells of the command line; see Launcher for exit codes and signals.
exit(await Launcher.run(Array(CommandLine.arguments.dropFirst())))
