using SslAgent.Domain;
using SslAgent.Guarding;

namespace SslAgent.Pipeline;

/// <summary>What the next cycle's share of new samples goes by: a cycle that ended.</summary>
/// <param name="Probe">What was measured after it, whatever its verdict was.</param>
/// <param name="Before">What the promoted line had reached before it.</param>
internal sealed record PastCycle(CyclePlan Plan, ProbeReport Probe, EraBook Before);
