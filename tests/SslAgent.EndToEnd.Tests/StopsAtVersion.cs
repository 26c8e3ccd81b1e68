namespace SslAgent.EndToEnd.Tests;

/// <summary>Output of a command that asks for the command's end when the first verdict is told.</summary>
internal sealed class StopsAtVersion(CancellationTokenSource stop) : StringWriter
{
    public override Task WriteLineAsync(string? value)
    {
        if (value?.StartsWith('v') == true) stop.Cancel();
        return base.WriteLineAsync(value);
    }
}
