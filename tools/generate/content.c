/* SPDX-License-Identifier: Apache-2.0
 * See content.h. Tests: event_test.c through the events. */
#include "content.h"

#define WORDS(name, ...)                                                                        \
    static const char *const name##_items[] = { __VA_ARGS__ };                                  \
    const words name = { name##_items, sizeof name##_items / sizeof *name##_items }

/* ---- sites ----------------------------------------------------------------------------------- */
WORDS(host_words, "garden", "bakery", "studio", "atelier", "cycling", "yoga", "lighthouse",
      "harbour",
      "books", "vinyl", "ceramics", "clinic", "law", "dental", "travel", "camping", "coffee", "tea",
      "organic", "pets", "music", "school", "academy", "hostel", "kitchen", "fitness", "photo",
      "wedding", "toys", "tools", "repair", "solar", "marine", "print", "design", "florist",
          "news");
WORDS(idn_hosts, "m\u00fcnchner-g\u00e4rten", "caf\u00e9-cr\u00e8me", "se\u00f1or-taco",
      "b\u00fccher",
      "\u0441\u0430\u0434\u043e\u0432\u043e\u0434", "\u4f8b\u3048\u5e97",
          "\u5317\u4eac\u82b1\u5e97",
      "\u092d\u093e\u0930\u0924-\u092c\u093e\u091c\u093e\u0930", "\ud55c\uad6d-\uc11c\uc810",
      "\u03ba\u03ae\u03c0\u03bf\u03c2", "fa\u00dfbinder", "\u00e5ngstr\u00f6m");
WORDS(sendable_domains, ".site", ".shop", ".blog", ".online", ".store");
WORDS(reserved_domains, ".example", ".example.com", ".example.org", ".example.net");
WORDS(url_paths, "/blog", "/shop", "/de", "/fr/boutique", "/wp", "/en-gb", "/2024/store",
      "/~owner/site",
      "/caf\u00e9", "/a/b/c", "/%E3%83%96%E3%83%AD%E3%82%B0", "/shop//de");
WORDS(site_names, "# &amp; Sons", "The # Shop", "#", "My # Blog", "# Online", "Caf\u00e9 #",
      "Bea&#039;s #", "# \u2013 handmade", "\u0421\u0430\u0434 #", "# \u30d6\u30ed\u30b0",
      "\u5317\u4eac#", "# &lt;3", "\u0645\u062a\u062c\u0631 #",
          "\u0939\u093f\u0928\u094d\u0926\u0940 #",
      "# \U0001F331", "\u05d7\u05e0\u05d5\u05ea #", "&quot;#&quot; Studio", "Just another # site");

/* ---- people, in many scripts ----------------------------------------------------------------- */
const person people[] = {
    { "Ada", "Sample" }, { "Bea", "Muster" }, { "Carl", "Example" }, { "Dana", "O'Placeholder" },
    { "J\u00fcrgen", "M\u00fcstermann" }, { "Zo\u00eb", "Ejemplo" }, { "Fran\u00e7ois",
        "d'Exemple" },
    { "\u0418\u0432\u0430\u043d", "\u041f\u0440\u0438\u043c\u0435\u0440\u043e\u0432" },
    { "\u82b1\u5b50", "\u898b\u672c" }, { "\u5c0f\u660e", "\u793a\u4f8b" },
    { "\u00d8ystein", "\u00c5seth" }, { "\u0645\u062b\u0627\u0644", "\u0639\u0631\u0628\u064a" },
    { "\u0926\u0947\u0935", "\u0928\u092e\u0942\u0928\u093e" }, { "\u039d\u03af\u03ba\u03bf\u03c2",
        "" },
    { "\ubbfc\uc218", "\uc608\uc2dc" }, { "Nguy\u1ec5n", "V\u00ed D\u1ee5" }, { "admin", "" },
    { "shop-manager", "" }, { "Maria Jos\u00e9", "de la Muestra" }, { "\u05d3\u05e0\u05d4", "" },
    { "\u0e2a\u0e21\u0e0a\u0e32\u0e22", "\u0e15\u0e31\u0e27\u0e2d\u0e22\u0e48\u0e32\u0e07" },
    { "Tom\u00e1\u0161", "Vzorn\u00fd" }, { "I\u015f\u0131l", "\u00d6rnek" }, { "", "" },
};
const size_t people_count = sizeof people / sizeof *people;

/* ---- servers and WordPress ------------------------------------------------------------------- */
WORDS(software, "Apache", "Apache/2.4.57 (Debian)", "nginx/1.24.0", "nginx/1.18.0", "LiteSpeed",
      "Apache/2.4.41 (Ubuntu) OpenSSL/1.1.1f", "nginx", "Microsoft-IIS/10.0", "Caddy",
          "openresty/1.21.4.1",
      "Apache/2.4.6 (CentOS) PHP/7.2.34", "Flywheel/5.1.0", "cloudflare",
          "PHP 8.1.2 Development Server");
WORDS(php_versions, "8.2.18", "8.1.27", "8.0.30", "7.4.33", "7.4.3-4ubuntu2.19", "8.3.4", "7.2.34",
      "8.1.2-1ubuntu2.14", "5.6.40", "7.4.1-ubuntu", "8.2.0RC7", "7.0.33-0+deb9u12");
WORDS(mysql_versions, "8.0.36", "5.7.44", "10.6.18", "5.5.5", "10.11.6", "10.3.39", "8.0.35",
      "10.4.33");
WORDS(upload_sizes, "64 MB", "2 MB", "128 MB", "256 MB", "2 Mo", "64 \u041c\u0411", "1 GB",
      "50 MB");
WORDS(time_zones, "UTC", "Europe/Berlin", "America/New_York", "Asia/Dhaka", "Asia/Tokyo",
      "Europe/Paris",
      "America/Sao_Paulo", "Asia/Kolkata", "Australia/Sydney");
WORDS(locales, "en_US", "en_US", "en_US", "en_GB", "de_DE", "de_DE_formal", "fr_FR", "es_ES",
      "es_MX",
      "ja", "pt_BR", "it_IT", "nl_NL", "ru_RU", "zh_CN", "zh_TW", "ar", "hi_IN", "bn_BD", "ko_KR",
          "pl_PL",
      "tr_TR", "he_IL", "th", "vi", "el", "sv_SE", "fa_IR");
WORDS(memory_limits, "40M", "256M", "128M", "512M", "-1", "1024M", "64M");
WORDS(wp_versions, "6.7.2", "6.6.1", "6.5.5", "6.4.3", "6.2.2", "5.9.9", "5.7-alpha-50000", "5.3.2",
      "6.8-RC1", "4.9.25", "6.7.1-de_DE", "6.3");
WORDS(extra_roles, "subscriber", "customer", "editor", "author", "contributor", "shop_manager",
      "vendor",
      "seller", "wpseo_manager", "translator", "bbp_participant", "student");
WORDS(themes_authors, "Theme Co", "<a href=\"https://theme.example.com/\">Theme Co</a>", "",
      "the WordPress team",
          "<a href=\"https://studio.example.net/?a=1&amp;b=2\">Studio &amp; Co</a>",
      "J\u00fcrgen M.");
const named theme_names[] = {
    { "storefront", "Storefront" }, { "astra", "Astra" }, { "twentytwentyfour",
                                                            "Twenty Twenty-Four" },
    { "hello-elementor", "Hello Elementor" }, { "generatepress", "GeneratePress" }, { "Divi",
        "Divi" },
    { "oceanwp", "OceanWP" }, { "kadence", "Kadence" }, { "neve", "Neve" }, { "blocksy",
        "Blocksy" },
    { "child.theme", "Child Theme" }, { "flatsome-child", "Flatsome Child" }, { "avada", "Avada" },
    { "twentytwenty", "Twenty Twenty" }, { "caf\u00e9-theme", "Caf\u00e9 \u2615" },
};
const size_t theme_names_count = sizeof theme_names / sizeof *theme_names;
const named plugin_names[] = {
    { "woocommerce", "WooCommerce" }, { "akismet", "Akismet Anti-spam: Spam Protection" },
    { "contact-form-7", "Contact Form 7" }, { "elementor", "Elementor" }, { "wordpress-seo",
        "Yoast SEO" },
    { "classic-editor", "Classic Editor" }, { "jetpack", "Jetpack" }, { "wordfence",
        "Wordfence Security" },
    { "wpforms-lite", "WPForms Lite" }, { "litespeed-cache", "LiteSpeed Cache" },
    { "updraftplus", "UpdraftPlus - Backup/Restore" }, { "really-simple-ssl",
                                                         "Really Simple Security" },
    { "all-in-one-seo-pack", "All in One SEO" }, { "wp-super-cache", "WP Super Cache" },
    { "duplicate-post", "Yoast Duplicate Post" }, { "mailpoet", "MailPoet" }, { "loco-translate",
        "Loco Translate" },
    { "advanced-custom-fields", "Advanced Custom Fields" }, { "tablepress", "TablePress" },
    { "redirection", "Redirection" }, { "wp-mail-smtp", "WP Mail SMTP" }, { "autoptimize",
        "Autoptimize" },
    { "wps-hide-login", "WPS Hide Login" }, { "polylang", "Polylang" }, { "bbpress", "bbPress" },
    { "buddypress", "BuddyPress" }, { "shop-tools", "Shop Tools" }, { "header-footer-code",
        "Header &amp; Footer Code" },
    { "opening-hours-plus", "Opening Hours \u2605 Plus" }, { "cookie-hinweis",
        "Cookie-Hinweis f\u00fcr Deutschland" },
    { "invoice-pdf-maker", "Invoice PDF Maker" }, { "table-bookings", "Table Bookings & Menus" },
    { "wp-recipe-cards", "WP Recipe Cards" }, { "slider_maker", "Slider Maker \"Pro\"" },
    { "events.calendar", "Events.Calendar" }, { "jp-address", "\u65e5\u672c\u306e\u4f4f\u6240" },
};
const size_t plugin_names_count = sizeof plugin_names / sizeof *plugin_names;

/* ---- projects -------------------------------------------------------------------------------- */
WORDS(product_words, "Shop", "Booking", "Forms", "Slider", "Gallery", "Invoice", "Member", "Review",
      "Checkout", "Backup", "Popup", "Search", "Cache", "Table", "Chat", "Course", "Menu",
          "Coupon");
WORDS(default_reasons, "could-not-understand", "found-better-plugin", "not-have-that-feature",
      "is-not-working", "looking-for-other", "did-not-work-as-expected", "other", "none");
WORDS(custom_reasons, "too-slow", "too-expensive", "temporary-deactivation", "upgrading-to-pro",
      "site-closed", "conflicts-with-theme", "privacy-concerns", "no-support", "switching-host");
const custom custom_fields[] = {
    { "is_pro", "bool", "Pro" }, { "orders", "int", "Orders" }, { "pro_version", "string",
        "Pro version" },
    { "conversion", "float", "Conversion rate" }, { "installed_at", "date", "Installed" },
    { "wc_version", "string", "WooCommerce" }, { "vendorCount", "int", "Vendors" },
    { "store.mode", "string", "Mode" },
};
const size_t custom_fields_count = sizeof custom_fields / sizeof *custom_fields;

/* `client` by payload generation; the SDK's constants lag behind its tags, forks invent some. */
WORDS(client_g1, "1.0", "1.0.1");
WORDS(client_g2, "1.1.0", "1.1.4", "1.1.6", "1.1.11");
WORDS(client_g3, "1.1.12", "1.2.0");
WORDS(client_g4, "1.2.0", "1.2.1", "1.2.3", "1.2.4", "2.0.0", "2.0.2", "2.0.4", "2.0.4",
      "2.0.4-fork");
const words client_versions[5] = { { NULL, 0 },
    { client_g1_items, 2 }, { client_g2_items, 4 }, { client_g3_items, 2 }, { client_g4_items,
        9 } };

/* ---- what people write ----------------------------------------------------------------------- */
WORDS(user_comments, "Needs export to CSV", "too slow", "Just testing, will come back!", "no",
      "Conflict with my theme, the checkout page is blank \U0001F61E",
      "Slow!\n<b>Removed</b> it \U0001F61E\nSorry.", "Je n&#039;en ai plus besoin, merci.",
      "Ich brauche eine Funktion f\u00fcr mehrere Filialen \u2013 gibt es die?",
      "No funciona con la \u00faltima versi\u00f3n de WordPress \u00a1ayuda!",
      "\u4f7f\u3044\u65b9\u304c\u5206\u304b\u308a\u307e\u305b\u3093\u3067\u3057\u305f\u3002",
      "\u0421\u043b\u0438\u0448\u043a\u043e\u043c \u0434\u043e\u0440\u043e\u0433\u043e",
      "\u0644\u0627 \u064a\u0639\u0645\u0644 \u0639\u0644\u0649 \u0645\u0648\u0642\u0639\u064a",
      "<p>The <a href=\"https://docs.example.com/?a=1&b=2\">docs</a> did not help.</p>\r\n"
      "<script>alert(1)</script>",
      "Fatal error: Uncaught Error: Call to undefined function foo() in "
      "/var/www/html/wp-content/plugins/x/x.php:12",
      "\U0001F468\u200D\U0001F469\u200D\U0001F467 we moved on \U0001F1E9\U0001F1EA \u2764\uFE0F",
          "\"quotes\" and \\backslashes\\",
      "I have tried this for three weeks with two hosting companies and four themes. Every time "
      "the cart is emptied when a customer changes the shipping method, and support told me to "
      "clear the cache. I did, "
      "many times. It is a pity, because the settings page is the clearest one I have seen so far.",
      "doesn't work with PHP 8.2", "100% CPU", "\u592a\u6162\u4e86",
          "\ud544\uc694 \uc5c6\uc5b4\uc694", "test", ".",
      "Found a free one that does the same", "need: tax, VAT, IBAN;\tcolumns\tare missing");
