using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>One held-out loss of the forgetting matrix.</summary>
/// <param name="IsComparable">Whether the same sentinels were asked as in the era's last probe: else the loss answers another question.</param>
public sealed record MatrixCell(ModelVersion Version, int Era, string Objective, double Loss, double TrivialLoss, int Count, bool IsComparable);

/// <summary>One objective's row of the summary; shares are of the trivial loss, positive numbers of transfer are good.</summary>
/// <param name="Forgetting">Average forgetting; null with fewer than two eras.</param>
/// <param name="BackwardTransfer">What learning later eras did to earlier ones.</param>
/// <param name="ForwardTransfer">How much of an era was known when it was first probed.</param>
public sealed record MatrixSummary(string Objective, int Eras, double? Forgetting, double? BackwardTransfer, double? ForwardTransfer);
