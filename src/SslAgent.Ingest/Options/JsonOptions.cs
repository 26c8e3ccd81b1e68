namespace SslAgent.Ingest;

/// <summary>Whose JSON it is, where no fields are named.</summary>
public enum JsonPreset
{
    /// <summary>The first of the usual names that is there.</summary>
    Any = 0,

    /// <summary>Elastic's Filebeat and other beats, with ECS names.</summary>
    Filebeat = 1,

    /// <summary>Fluent Bit and Fluentd.</summary>
    FluentBit = 2,
}

/// <summary>
/// Section <c>ingest.json</c>: where a JSON object keeps its text, source and time. A path's parts are joined by dots
/// (<c>host.name</c>), which also finds a key that has the dots in its name. A field named here takes the place of the preset's.
/// </summary>
public sealed record JsonOptions
{
    /// <summary>Default <c>any</c>.</summary>
    public JsonPreset Preset { get; init; } = JsonPreset.Any;

    /// <summary>Path of the text. Default: the preset's.</summary>
    public string? TextField { get; init; }

    /// <summary>Path of the source. Default: the preset's.</summary>
    public string? SourceField { get; init; }

    /// <summary>
    /// Path of the time: ISO 8601, or a number since 1970 (seconds, milli-, micro- or nanoseconds, told by its size). Default: the preset's.
    /// </summary>
    public string? TimeField { get; init; }
}
