using System.CommandLine;
using System.Globalization;
using SslAgent.Commands.Printing;
using SslAgent.Commands.Versions;
using SslAgent.Learning;

namespace SslAgent.Commands.Learning;

/// <summary><c>sslagent objectives show NAME</c>: one of them.</summary>
internal static class ShowObjective
{
    public static Command Build()
    {
        Command command = new("show", "Shows one objective: what it is for, its cost, its paper, its knobs, how to switch it on");
        Argument<string> name = new("NAME") { Description = "As sslagent objectives list spells it" };
        Option<string> format = CommonOptions.Output();
        command.Arguments.Add(name);
        command.Options.Add(format);
        command.SetAction(parsed =>
        {
            string wanted = parsed.GetRequiredValue(name);
            ObjectiveFacts facts = ObjectiveCatalog.Find(wanted) ?? throw new CommandException(
                ExitCode.Usage, $"there is no objective '{wanted}'; there are {string.Join(", ", ObjectiveCatalog.All.Select(one => one.Name))}");
            Answer.Print(parsed, format, facts, ObjectivesJson.Default.ObjectiveFacts, output => Tell(output, facts));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Tell(TextWriter output, ObjectiveFacts facts)
    {
        output.WriteLine($"{facts.Name}{(facts.IsStandard ? " (standard)" : "")}");
        output.WriteLine($"for      {facts.About.Purpose}");
        output.WriteLine($"reads    {DomainWords.Of(facts.Reads)}{(facts.Views > 1 ? $", {facts.Views} views of each" : "")}{(facts.WindowFrames > 1 ? $", in windows of {facts.WindowFrames} of one source in time" : "")}; at least {facts.SamplesMin} in a batch");
        output.WriteLine($"cost     {facts.About.Cost}");
        output.WriteLine($"paper    {facts.About.Paper}");
        output.WriteLine($"use it   \"learning\": {{ \"objectives\": [{{ \"name\": \"{facts.Name}\", \"weight\": 1 }}] }}   beside others, by weight");
        if (facts.Knobs.Count == 0) return;
        output.WriteLine($"knobs    in the entry, as \"knobs\": {{ \"{facts.Knobs[0].Name}\": {Number(facts.Knobs[0].Default)} }}");
        foreach (KnobFacts knob in facts.Knobs)
        {
            output.WriteLine($"  {knob.Name} = {Number(knob.Default)}, {Number(knob.Min)} to {Number(knob.Max)}{(knob.IsWhole ? ", whole" : "")}: {knob.Meaning}");
            output.WriteLine($"      default: {knob.Source}");
        }
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
