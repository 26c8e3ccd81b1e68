using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>An admitted sample without its content: who it is and where it came from.</summary>
internal readonly record struct SampleOrigin(SampleId Id, SourceOffset At, string Source, long TimeMs, bool IsSentinel);
