namespace SslAgent.Commands;

/// <summary>A command cannot go on, for a reason that a person can act on: the message is printed alone, without a stack.</summary>
/// <param name="code">One of <see cref="ExitCode"/>.</param>
internal sealed class CommandException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;
}
