using Microsoft.Extensions.Logging;

namespace SslAgent.Serving.Http;

/// <summary>
/// The head's log for the web framework, from warnings up: it would otherwise write two lines for each request and each scrape. Owns
/// nothing.
/// </summary>
internal sealed class FrameworkLogs(ILoggerFactory logs) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new WarningsUp(logs.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("logs are the head's");

    public void Dispose()
    {
    }

    private sealed class WarningsUp(ILogger log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
