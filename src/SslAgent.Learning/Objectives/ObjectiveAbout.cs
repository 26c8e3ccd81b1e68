namespace SslAgent.Learning.Objectives;

/// <summary>What a person wants to know of an objective before using it.</summary>
/// <param name="Purpose">What it is for, one sentence.</param>
/// <param name="Cost">What a step of it costs, beside the others.</param>
/// <param name="Paper">Authors, title, year, and where in it.</param>
public sealed record ObjectiveAbout(string Purpose, string Cost, string Paper);
