using System.CommandLine;

namespace SslAgent.Commands;

/// <summary>Where a command stands in <c>sslagent --help</c>, in this order.</summary>
internal enum CommandGroup
{
    Run,
    Feed,
    Versions,
    Check,
}

/// <summary>A command line to copy, and what it does. <paramref name="Line"/> is without the leading <c>sslagent</c>.</summary>
internal sealed record Example(string Line, string Says);

/// <summary>
/// One command of the registry. Each file in this folder builds one of these; help and tests read the examples, which must all parse.
/// </summary>
internal sealed record CommandEntry(CommandGroup Group, Command Command, params IReadOnlyList<Example> Examples);
