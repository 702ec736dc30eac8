import Commands
import Foundation

// Tells of the command line; see Launcher for exit codes and signals.
exit(await Launcher<Dimorph>.run(Array(CommandLine.arguments.dropFirst())))
