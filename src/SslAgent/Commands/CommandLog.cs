using Microsoft.Extensions.Logging;

namespace SslAgent.Commands;

/// <summary>What a command has to wait for while it works on the state itself, a line each on standard error: warnings and worse.</summary>
internal sealed class CommandLog(TextWriter error) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) error.WriteLine($"sslagent: {formatter(state, exception)}{(exception is null ? "" : $": {exception.Message}")}");
    }
}
