using System.ComponentModel.DataAnnotations;
using SslAgent.Learning.Options;

namespace SslAgent.Configuration;

/// <summary>
/// Section <c>consolidation</c>: a longer cycle in quiet hours, drawn evenly from all that is remembered, new or old, by more objectives than the others have where wanted. Its version is judged like any other.
/// </summary>
internal sealed record ConsolidationOptions
{
    /// <summary>Quartz cron expression in UTC (<c>0 0 3 * * ?</c> is daily at three). Where a cycle is on it waits for its end. Null: never. Default null.</summary>
    public string? Cron { get; init; }

    /// <summary>
    /// What is learned by beside the objectives of section <c>learning</c>, which stay, so that what they reached is measured; <c>moco-v3</c> for one. Their heads begin anew each time. Default none.
    /// </summary>
    [Required]
    public ObjectiveOptions[] Objectives { get; init; } = [];

    /// <summary>Optimizer steps; cycle.timeMax ends it earlier, as it ends any cycle. Default 5000.</summary>
    [Range(1, 100_000_000)]
    public int Steps { get; init; } = 5000;

    public IEnumerable<string> Faults()
    {
        if (Cron is not null && !Quartz.CronExpression.TryParse(Cron, out _))
            yield return $"cron = \"{Cron}\" is not a Quartz cron expression (seconds minutes hours day-of-month month day-of-week [year]; daily at three is \"0 0 3 * * ?\")";
        foreach (ObjectiveOptions objective in Objectives.Where(objective => objective.Every > 1))
            yield return $"objectives: '{objective.Name}' has every = {objective.Every}, which counts cycles; cron says when this one is";
        foreach (string fault in new StageOptions { Objectives = Objectives }.Faults()) yield return $"objectives: {fault}";
    }
}
