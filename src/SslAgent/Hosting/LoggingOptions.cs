using System.ComponentModel.DataAnnotations;

namespace SslAgent.Hosting;

/// <summary>Section <c>logging</c>: what is logged, where, and how much of it is kept.</summary>
internal sealed record LoggingOptions
{
    /// <summary>Least important level that is written: verbose, debug, information, warning, error or fatal. Default information.</summary>
    [RegularExpression("(?i)verbose|debug|information|warning|error|fatal", ErrorMessage = "must be verbose, debug, information, warning, error or fatal")]
    public string Level { get; init; } = "information";

    /// <summary>Form of the console's lines: <c>text</c> for people, <c>json</c> for collectors. Default text.</summary>
    [RegularExpression("text|json", ErrorMessage = "must be text or json")]
    public string Console { get; init; } = "text";

    /// <summary>Rolling log file (JSON, one line an event); a date is put before its extension. Empty: <c>logs/sslagent-.json</c> in the state directory. <c>none</c>: no file.</summary>
    public string File { get; init; } = "";

    /// <summary>Bytes after which a new file begins. Default 64 MiB.</summary>
    [Range(65_536, 4_294_967_296)]
    public long FileBytesMax { get; init; } = 64L << 20;

    /// <summary>Files kept, older ones are deleted. Default 14.</summary>
    [Range(1, 1000)]
    public int FilesKept { get; init; } = 14;
}
