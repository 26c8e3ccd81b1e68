using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace SslAgent.Configuration;

/// <summary>How log events look on the console.</summary>
internal enum ConsoleFormat
{
    /// <summary>One line a person reads.</summary>
    Text = 0,

    /// <summary>One JSON object a line, for collectors.</summary>
    Json = 1,

    /// <summary>Nothing on the console.</summary>
    None = 2,
}

/// <summary>Section <c>logging</c>: console and rolling file.</summary>
internal sealed record LoggingOptions
{
    /// <summary>Least level that is written: trace, debug, information, warning, error, critical. Default information.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Levels of single categories, by prefix: <c>{ "SslAgent.Ingest": "debug" }</c>. Default: the framework's own at warning.</summary>
    public IReadOnlyDictionary<string, LogLevel> Levels { get; init; } = new Dictionary<string, LogLevel>
    {
        ["Microsoft"] = LogLevel.Warning,
        ["Quartz"] = LogLevel.Warning,
    };

    /// <summary>text, json or none. Default text.</summary>
    public ConsoleFormat Console { get; init; } = ConsoleFormat.Text;

    /// <summary>Whether rolling files are written to <see cref="Directory"/>. Default true.</summary>
    public bool File { get; init; } = true;

    /// <summary>Folder of the log files. Null: <c>logs</c> inside the state directory. Default null.</summary>
    public string? Directory { get; init; }

    /// <summary>A file rolls at this size (and every day). 64 KiB to 1 GiB, default 16 MiB.</summary>
    [Range(65_536, 1_073_741_824)]
    public long FileBytesMax { get; init; } = 16 << 20;

    /// <summary>Rolled files kept; the oldest is deleted. 1 to 1000, default 8.</summary>
    [Range(1, 1000)]
    public int FilesKept { get; init; } = 8;
}
