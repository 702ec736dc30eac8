import Commands
import Foundation

// Tells of the command line; see Launcher for exit codes and signals.
if let status = ArgumentEncoding.refusal() { exit(status) }
exit(await Launcher<Dimorph>.run(Array(CommandLine.arguments.dropFirst())))
