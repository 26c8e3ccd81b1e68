namespace SslAgent.Learning.Parameters;

/// <summary>How far one section's training has come.</summary>
/// <param name="Steps">Steps that touched the section, skipped ones included: the t of AdamW's bias correction.</param>
/// <param name="WarmFrom">The step at which the last warm-up began.</param>
internal readonly record struct SectionCounter(long Steps, long WarmFrom);
