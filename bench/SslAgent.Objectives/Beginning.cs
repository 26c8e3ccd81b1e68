namespace SslAgent.Objectives;

/// <summary>What every method of a table begins with.</summary>
/// <param name="Seed">Of first weights, batches and views.</param>
/// <param name="Rate">Step size; the peer has its own.</param>
internal sealed record Beginning(int Seed, double Rate);
