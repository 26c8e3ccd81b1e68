namespace SslAgent.Domain;

/// <summary>Whose a sample is, and its own time.</summary>
/// <param name="TimeMs">Milliseconds since 1970 UTC.</param>
public readonly record struct Moment(string Source, long TimeMs);

/// <summary>What a window is: some frames of one source, in order of their times, each the next after the one before that is there and far enough from it.</summary>
/// <param name="Frames">Frames in a window; at least 2.</param>
/// <param name="Spacing">The least time between two neighbours: frames that come sooner are passed over. Zero takes every frame.</param>
/// <param name="GapMax">The most time between two neighbours: beyond that the window is none. Zero knows no limit.</param>
/// <param name="WithTexts">Whether each frame comes with the last text that its source had said by then.</param>
public sealed record WindowShape(int Frames, TimeSpan Spacing, TimeSpan GapMax, bool WithTexts = false);
