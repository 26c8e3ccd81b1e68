using System.Reflection;

namespace SslAgent.Configuration;

/// <summary>What one option property is, as the binder, the validator, the printer and the tests see it.</summary>
internal enum OptionKind
{
    Value,
    List,
    Dictionary,
    Section,
    SectionList,
}

/// <summary>One option of an options record.</summary>
/// <param name="Key">As written in a file.</param>
/// <param name="ItemType">Type of the value, of a list's or dictionary's items, or of the section's record.</param>
internal sealed record OptionShape(string Key, OptionKind Kind, Type ItemType, bool MayBeNull, PropertyInfo Property)
{
    /// <summary>All options of a record: its public properties that can be set.</summary>
    public static IReadOnlyList<OptionShape> Of(Type record)
    {
        NullabilityInfoContext nullability = new();
        return
        [
            .. from property in record.GetProperties(BindingFlags.Instance | BindingFlags.Public)
               where property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0
               select Of(property, nullability.Create(property).WriteState == NullabilityState.Nullable)
        ];
    }

    private static OptionShape Of(PropertyInfo property, bool mayBeNull)
    {
        Type type = property.PropertyType;
        string key = Keys.Camel(property.Name);
        if (ValueReader.Reads(type)) return new OptionShape(key, OptionKind.Value, type, mayBeNull, property);
        if (Arguments(type, typeof(IReadOnlyDictionary<,>)) is [_, Type value])
            return new OptionShape(key, OptionKind.Dictionary, value, mayBeNull, property);
        return Arguments(type, typeof(IEnumerable<>)) is [Type item]
            ? new OptionShape(key, ValueReader.Reads(item) ? OptionKind.List : OptionKind.SectionList, item, mayBeNull, property)
            : new OptionShape(key, OptionKind.Section, type, mayBeNull, property);
    }

    private static Type[]? Arguments(Type type, Type open) =>
        type.GetInterfaces().Prepend(type).FirstOrDefault(found => found.IsGenericType && found.GetGenericTypeDefinition() == open)?.GetGenericArguments();
}
