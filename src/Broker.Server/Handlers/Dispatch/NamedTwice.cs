namespace Broker.Server.Handlers.Dispatch;

/// <summary>Requests that name a thing twice want two answers for one question: neither is given.</summary>
internal static class NamedTwice
{
    public static HashSet<T> In<T>(IEnumerable<T> names)
    {
        var once = new HashSet<T>();
        var twice = new HashSet<T>();
        foreach (T name in names)
        {
            if (!once.Add(name))
                twice.Add(name);
        }

        return twice;
    }
}
