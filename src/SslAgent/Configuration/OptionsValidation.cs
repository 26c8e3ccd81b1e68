using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace SslAgent.Configuration;

/// <summary>
/// Holds bound options against their annotations and against each record's own <c>Faults()</c>. Every fault is collected; a value that
/// did not even bind is not complained about twice.
/// </summary>
internal sealed class OptionsValidation(LayeredValues values, ICollection<ConfigurationFault> faults)
{
    public void Check(object options, string path = "")
    {
        foreach (OptionShape shape in OptionShape.Of(options.GetType()))
        {
            string at = Keys.Join(path, shape.Key);
            object? value = shape.Property.GetValue(options);
            if (shape.Kind == OptionKind.Section)
            {
                if (value is not null) Check(value, at);
            }
            else if (shape.Kind == OptionKind.SectionList)
            {
                int index = 0;
                foreach (object item in (IEnumerable)value!) Check(item, Keys.Join(at, OptionText.Of(index++)!));
            }
            else if (!faults.Any(fault => fault.Path == at))
            {
                foreach (ValidationAttribute rule in shape.Property.GetCustomAttributes<ValidationAttribute>())
                    if (!rule.IsValid(value)) faults.Add(new ConfigurationFault(at, OptionText.Of(value), values.Value(at)?.Origin, Reason(rule, shape)));
            }
        }

        // A record may repeat what its parts said already.
        foreach (string fault in OwnFaults(options))
            if (!faults.Any(known => known.Reason == fault)) faults.Add(new ConfigurationFault(path, null, null, fault));
    }

    private static IEnumerable<string> OwnFaults(object options)
    {
        MethodInfo? method = options.GetType().GetMethod("Faults", BindingFlags.Instance | BindingFlags.Public, []);
        return method?.Invoke(options, null) is IEnumerable found ? found.Cast<string>() : [];
    }

    private static string Reason(ValidationAttribute rule, OptionShape shape) => rule switch
    {
        RangeAttribute range => $"must lie between {Bound(range.Minimum)} and {Bound(range.Maximum)}{Unit(shape.Key)}{Open(range)}",
        RequiredAttribute => "is required and is empty",
        MinLengthAttribute least => $"must have at least {Counted(least.Length, shape)}",
        MaxLengthAttribute most => $"must have at most {Counted(most.Length, shape)}",
        RegularExpressionAttribute { ErrorMessage: null } pattern => $"must be of the form {pattern.Pattern}",
        RegularExpressionAttribute pattern => pattern.ErrorMessage!,
        AllowedValuesAttribute allowed => $"must be one of {string.Join(", ", allowed.Values)}",
        _ => rule.FormatErrorMessage(shape.Key),
    };

    private static string Counted(int count, OptionShape shape) =>
        (shape.Kind == OptionKind.Value, count) switch
        {
            (true, 1) => "1 character",
            (true, _) => $"{count} characters",
            (false, 1) => "1 entry",
            _ => $"{count} entries",
        };

    private static string Open(RangeAttribute range) =>
        (range.MinimumIsExclusive, range.MaximumIsExclusive) switch
        {
            (true, true) => ", both excluded",
            (true, false) => ", the lower excluded",
            (false, true) => ", the upper excluded",
            _ => "",
        };

    private static string Bound(object bound) => OptionText.Of(bound is string text && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span : bound)!;

    /// <summary>Names end in their unit or begin with what they count (STYLE: units last), so the name knows it.</summary>
    private static string Unit(string key)
    {
        string[] units = ["Bytes", "Ms", "Seconds", "Nats", "Pixels", "Tokens", "Samples", "Steps", "Messages"];
        string? unit = units.FirstOrDefault(unit => key.Contains(unit, StringComparison.OrdinalIgnoreCase) && (unit != "Ms" || key.EndsWith("Ms", StringComparison.Ordinal)));
        return unit is null ? "" : " " + (unit == "Ms" ? "milliseconds" : unit.ToLowerInvariant());
    }
}
