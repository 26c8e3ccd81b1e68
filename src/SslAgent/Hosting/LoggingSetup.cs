using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace SslAgent.Hosting;

/// <summary>Serilog for the whole process, from the <c>logging</c> section: console (text or JSON) and a rolling JSON file.</summary>
internal static class LoggingSetup
{
    private const string ConsoleTemplate = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj} {NewLine}{Exception}";

    /// <param name="toConsole">False where something else owns the terminal (the demo's live view).</param>
    public static Logger Create(LoggingOptions options, string stateDirectory, bool toConsole)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(Enum.Parse<LogEventLevel>(options.Level, ignoreCase: true))
            // The web server and the scheduler speak of every request and trigger; what matters of both is in our own events.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            // A start that was refused for a reason that a person can mend needs no stack trace; whoever runs the host says the reason.
            .Filter.ByExcluding(entry => entry.MessageTemplate.Text == "Hosting failed to start" && entry.Exception is { } fault && StartFaults.Explain(fault) is not null)
            .Enrich.FromLogContext();
        if (toConsole)
        {
            logger = options.Console == "json"
                ? logger.WriteTo.Console(new JsonFormatter(renderMessage: true))
                : logger.WriteTo.Console(outputTemplate: ConsoleTemplate);
        }

        if (options.File != "none")
        {
            string path = options.File.Length > 0 ? options.File : Path.Combine(stateDirectory, "logs", "sslagent-.json");
            logger = logger.WriteTo.File(
                new JsonFormatter(renderMessage: true), path, rollingInterval: RollingInterval.Day, rollOnFileSizeLimit: true,
                fileSizeLimitBytes: options.FileBytesMax, retainedFileCountLimit: options.FilesKept);
        }

        return logger.CreateLogger();
    }
}
